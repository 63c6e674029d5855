package dev.distributeimage.simulator.http;

/** The first line of a request; {@code keepAlive} is the default of its HTTP version. */
record RequestLine(String method, String target, boolean keepAlive) {
}
