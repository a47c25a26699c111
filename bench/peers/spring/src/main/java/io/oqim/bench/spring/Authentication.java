package io.oqim.bench.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Whose request it is: the attribute {@code tenant}. */
@Component
class Authentication implements HandlerInterceptor, WebMvcConfigurer {
    private static final String BEARER = "Bearer ";

    private final Map<String, Long> tenants = new HashMap<>();

    Authentication(JdbcClient jdbc) {
        jdbc.sql("SELECT secret, tenant FROM api_key")
                .query(row -> {
                    tenants.put(row.getString(1), row.getLong(2));
                });
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/v1/**");
    }

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        Long tenant =
                header != null && header.startsWith(BEARER)
                        ? tenants.get(header.substring(BEARER.length()))
                        : null;
        if (tenant == null) {
            throw new ResponseStatusException(HttpStatus.UNAUTHORIZED, "No such API key.");
        }
        request.setAttribute("tenant", tenant);
        return true;
    }
}
