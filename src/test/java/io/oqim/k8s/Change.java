package io.oqim.k8s;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Changes one value of an object. */
final class Change {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Change() {}

    /**
     * Sets what a JSON pointer (RFC 6901) names, whether it is there or not.
     *
     * @param value as JSON
     */
    static void of(ObjectNode object, String pointer, String value) {
        int cut = pointer.lastIndexOf('/');
        String name = pointer.substring(cut + 1).replace("~1", "/").replace("~0", "~");
        JsonNode parent = object.at(pointer.substring(0, cut));
        try {
            ((ObjectNode) parent).set(name, JSON.readTree(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(value, e);
        }
    }
}
