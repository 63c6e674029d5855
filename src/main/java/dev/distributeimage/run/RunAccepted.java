package dev.distributeimage.run;

import java.util.UUID;

/** Published when a new run has been stored: it can be taken up. */
public record RunAccepted(UUID id) {
}
