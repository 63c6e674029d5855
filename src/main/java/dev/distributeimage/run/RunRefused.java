package dev.distributeimage.run;

import org.springframework.dao.DataAccessException;

/** The database has refused to store a run. */
record RunRefused(DataAccessException cause) {
}
