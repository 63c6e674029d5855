package dev.distributeimage.run.postgres;

import org.springframework.dao.DataAccessException;

/** Published when the database refuses to store a new run. */
public record WriteRefused(DataAccessException cause) {
}
