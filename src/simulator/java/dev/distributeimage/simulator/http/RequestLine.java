package dev.distributeimage.simulator.http;

/**
 * The first line of a request; {@code keepAlive} is what its version of HTTP does by
 * default.
 */
record RequestLine(String method, String target, boolean keepAlive) {
}
