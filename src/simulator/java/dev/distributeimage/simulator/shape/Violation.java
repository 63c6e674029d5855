package dev.distributeimage.simulator.shape;

/** One violation of the model: the parameter's path and the reason. */
public record Violation(String parameter, String reason) {
}
