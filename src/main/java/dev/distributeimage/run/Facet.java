package dev.distributeimage.run;

/**
 * Something that a run is found by.
 *
 * @param parameter the name of the query parameter
 * @param value what callers give for it
 */
public record Facet(String parameter, String value) {
}
