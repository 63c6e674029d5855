package dev.distributeimage.run.postgres;

import org.springframework.dao.DataAccessException;

/** Published when the database refuses a write. */
public record WriteRefused(DataAccessException cause) {
}
