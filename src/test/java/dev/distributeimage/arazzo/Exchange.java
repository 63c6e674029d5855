package dev.distributeimage.arazzo;

import java.time.Instant;

/** A call as it went over the wire. */
public record Exchange(Instant at, Request request, Response response) {
}
