package io.oqim.http;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.greenbytes.http.sfv.BooleanItem;
import org.greenbytes.http.sfv.InnerList;
import org.greenbytes.http.sfv.Item;
import org.greenbytes.http.sfv.Parameters;
import org.greenbytes.http.sfv.StringItem;
import org.jspecify.annotations.Nullable;

/** The bytes that a signature signs (RFC 9421 section 2.5). */
public final class SignedBytes {
    private static final String QUERY_PARAM = "@query-param";

    private SignedBytes() {}

    /** A signature cannot be made or checked; says why. */
    public static final class Unsuitable extends Exception {
        private static final long serialVersionUID = 1L;

        Unsuitable(String message) {
            super(message);
        }
    }

    /**
     * The base of a signature.
     *
     * @param covered the components and the parameters, as {@code Signature-Input} has them
     * @throws Unsuitable when the message lacks a component, or one is named twice or not known
     */
    public static byte[] of(InnerList covered, SignedMessage message) throws Unsuitable {
        StringBuilder base = new StringBuilder(512);
        Set<String> seen = new HashSet<>();
        for (Item<?> component : covered.get()) {
            String name = component.serialize();
            if (!(component instanceof StringItem item) || !seen.add(name)) {
                throw new Unsuitable(name + " is named twice, or is no name");
            }
            base.append(name).append(": ").append(value(item, message)).append('\n');
        }
        base.append("\"@signature-params\": ").append(covered.serialize());
        return base.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String value(StringItem component, SignedMessage message) throws Unsuitable {
        SignedMessage of = message;
        List<String> left = new ArrayList<>(component.getParams().keySet());
        if (left.remove("req") && isTrue(component.getParams(), "req")) {
            of = message.request().orElseThrow(() -> new Unsuitable("only answers have a request"));
        }
        Optional<String> value =
                component.get().equals(QUERY_PARAM) && left.remove("name")
                        ? parameter(component.getParams().get("name"), of)
                        : of.component(component.get());
        if (!left.isEmpty()) {
            throw new Unsuitable("parameters such as '" + left.getFirst() + "' are not known here");
        }
        return value.filter(text -> text.indexOf('\n') < 0)
                .orElseThrow(
                        () ->
                                new Unsuitable(
                                        "there is no "
                                                + component.serialize()
                                                + " in the message"));
    }

    /** The only parameter of this name, decoded and encoded again (section 2.2.8). */
    private static Optional<String> parameter(@Nullable Item<?> name, SignedMessage message) {
        if (!(name instanceof StringItem text)) {
            return Optional.empty();
        }
        List<String> values =
                Arrays.stream(message.query().orElse("").split("&"))
                        .map(pair -> pair.split("=", 2))
                        .filter(pair -> encoded(pair[0]).equals(text.get()))
                        .map(pair -> pair.length == 2 ? encoded(pair[1]) : "")
                        .toList();
        return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }

    private static String encoded(String text) {
        try {
            return URLEncoder.encode(
                            URLDecoder.decode(text, StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                    .replace("+", "%20");
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    static boolean isTrue(Parameters parameters, String name) {
        return parameters.get(name) instanceof BooleanItem flag && flag.get();
    }
}
