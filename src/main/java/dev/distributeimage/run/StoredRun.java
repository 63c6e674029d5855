package dev.distributeimage.run;

/** A run together with what was asked for. */
public record StoredRun(Run run, RunInput input) {
}
