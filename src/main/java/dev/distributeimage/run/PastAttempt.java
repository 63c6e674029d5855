package dev.distributeimage.run;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What went before a retry.
 *
 * @param at when the retry was asked for
 * @param by who asked, where that is known
 * @param action what the retry does
 * @param outputs the outputs until then
 * @param status how the run had ended
 */
public record PastAttempt(Instant at, @Nullable String by, RetryAction action, Outputs outputs, RunStatus status) {

	private static final TypeReference<List<PastAttempt>> RETRIES = new TypeReference<>() {
	};

	/** What went before each retry of the run in the row. */
	public static List<PastAttempt> of(ResultSet row, JsonMapper json) throws SQLException {
		String retries = row.getString("retries");
		return retries.equals("[]") ? List.of() : json.readValue(retries, RETRIES);
	}

	/** The workflow's outputs. */
	public record Outputs(@Nullable String distributionConfigurationArn, @Nullable String imageBuildVersionArn,
			@Nullable String finalStatus) {
	}

}
