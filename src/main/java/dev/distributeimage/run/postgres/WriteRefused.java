package dev.distributeimage.run.postgres;

import org.springframework.dao.DataAccessException;

/** Published when the database has refused a write. */
public record WriteRefused(DataAccessException cause) {
}
