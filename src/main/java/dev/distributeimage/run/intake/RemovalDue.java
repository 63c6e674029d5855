package dev.distributeimage.run.intake;

import java.util.UUID;

/** Published when the removal of a leftover becomes due at once. */
public record RemovalDue(UUID leftover) {
}
