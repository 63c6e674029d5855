package dev.distributeimage.arazzo;

import java.util.Map;

import tools.jackson.databind.JsonNode;

/**
 * A request, as recorded or as the document requires it.
 *
 * @param query the parameters, decoded
 * @param contentType without parameters; empty if there is no body
 * @param body missing if there is none
 */
public record Request(String method, String path, Map<String, String> query, String contentType, JsonNode body) {
}
