package dev.distributeimage.run.view;

/**
 * Something that a run is found by.
 *
 * @param parameter the name of the query parameter
 * @param value what callers give for it
 */
public record Term(String parameter, String value) {
}
