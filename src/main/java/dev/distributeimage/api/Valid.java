package dev.distributeimage.api;

import java.util.List;

import dev.distributeimage.run.Warning;

/**
 * The response to a request that is valid, and was only validated.
 *
 * @param valid always true
 */
public record Valid(boolean valid, List<Warning> warnings) {

	Valid(List<Warning> warnings) {
		this(true, warnings);
	}

}
