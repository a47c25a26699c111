package io.oqim.bench.spring;

import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.client.RestClientException;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.databind.json.JsonMapper;

/** Errors as problem details. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {
    private final JsonMapper json;

    Problems(JsonMapper json) {
        this.json = json;
    }

    @ExceptionHandler
    ResponseEntity<Object> bankFailed(RestClientException e, WebRequest request) {
        return problem(e, HttpStatus.BAD_GATEWAY, "The bank could not be asked.", request);
    }

    @ExceptionHandler({RedisConnectionFailureException.class, QueryTimeoutException.class})
    ResponseEntity<Object> redisFailed(Exception e, WebRequest request) {
        return problem(e, HttpStatus.SERVICE_UNAVAILABLE, "Redis could not be asked.", request);
    }

    @Override
    protected ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException e,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return problem(e, HttpStatus.UNPROCESSABLE_CONTENT, "Invalid request content.", request);
    }

    private ResponseEntity<Object> problem(
            Exception e, HttpStatus status, String detail, WebRequest request) {
        ProblemDetail body = ProblemDetail.forStatusAndDetail(status, detail);
        return handleExceptionInternal(e, body, new HttpHeaders(), status, request);
    }

    /** As bytes, which have a length: an object would be answered in chunks. */
    @Override
    protected ResponseEntity<Object> createResponseEntity(
            Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(json.writeValueAsBytes(body));
    }
}
