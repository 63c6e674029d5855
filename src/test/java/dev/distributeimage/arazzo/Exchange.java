package dev.distributeimage.arazzo;

import java.time.Instant;

/** A call as recorded on the wire. */
public record Exchange(Instant at, Request request, Response response) {
}
