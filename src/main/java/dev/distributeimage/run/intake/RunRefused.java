package dev.distributeimage.run.intake;

import org.springframework.dao.DataAccessException;

/** The database has refused to store a run. */
public record RunRefused(DataAccessException cause) {
}
