package dev.distributeimage.api.problem;

/**
 * Tells that a request is answered with an error because the database failed.
 *
 * @param type the type of the answer's problem
 */
public record DatabaseFailed(ProblemType type) {
}
