package dev.distributeimage.simulator.shape;

/** One thing in a request that the model forbids: the parameter's path and why. */
public record Violation(String parameter, String reason) {
}
