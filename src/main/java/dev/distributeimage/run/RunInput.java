package dev.distributeimage.run;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import dev.distributeimage.run.postgres.Columns;

/** What was asked for. It never changes. */
@Entity
@Immutable
public class RunInput {

	/** The columns that {@link #of(ResultSet, JsonMapper)} reads. */
	public static final String COLUMNS = """
			run_id, distribution_name, distributions, image_recipe_arn, infrastructure_configuration_arn, client_token,
			  distribution_configuration_arn_expected, labels, created_by, run_input.created_at as input_created_at""";

	public static final TypeReference<Map<String, String>> LABELS = new TypeReference<>() {
	};

	@Id
	@Column(name = "run_id")
	private UUID runId;

	private String distributionName;

	@JdbcTypeCode(SqlTypes.JSON)
	private JsonNode distributions;

	private String imageRecipeArn;

	private String infrastructureConfigurationArn;

	private String clientToken;

	private String distributionConfigurationArnExpected;

	@JdbcTypeCode(SqlTypes.JSON)
	private Map<String, String> labels;

	private @Nullable String createdBy;

	private Instant createdAt;

	public RunInput() {
	}

	/** What was asked for, as it was stored then. */
	public static RunInput of(UUID runId, String clientToken, NewRun asked, Instant createdAt) {
		RunInput input = new RunInput();
		input.runId = runId;
		input.distributionName = asked.distributionName();
		input.distributions = asked.distributions();
		input.imageRecipeArn = asked.imageRecipeArn();
		input.infrastructureConfigurationArn = asked.infrastructureConfigurationArn();
		input.clientToken = clientToken;
		input.distributionConfigurationArnExpected = asked.distributionConfigurationArnExpected();
		input.labels = asked.labels();
		input.createdAt = createdAt;
		return input;
	}

	/** What was asked for, of a row that has {@link #COLUMNS}. */
	public static RunInput of(ResultSet row, JsonMapper json) throws SQLException {
		RunInput input = new RunInput();
		input.runId = row.getObject("run_id", UUID.class);
		input.distributionName = row.getString("distribution_name");
		input.distributions = json.readTree(row.getString("distributions"));
		input.imageRecipeArn = row.getString("image_recipe_arn");
		input.infrastructureConfigurationArn = row.getString("infrastructure_configuration_arn");
		input.clientToken = row.getString("client_token");
		input.distributionConfigurationArnExpected = row.getString("distribution_configuration_arn_expected");
		input.labels = json.readValue(row.getString("labels"), LABELS);
		input.createdBy = row.getString("created_by");
		input.createdAt = Columns.time(row, "input_created_at");
		return input;
	}

	public UUID runId() {
		return this.runId;
	}

	public String distributionName() {
		return this.distributionName;
	}

	/** The distributions as they were sent: equal as JSON. */
	public JsonNode distributions() {
		return this.distributions;
	}

	public String imageRecipeArn() {
		return this.imageRecipeArn;
	}

	public String infrastructureConfigurationArn() {
		return this.infrastructureConfigurationArn;
	}

	/** The caller's token, or the one that the run was given; unique for ever. */
	public String clientToken() {
		return this.clientToken;
	}

	/** The ARN that AWS will derive from the name. */
	public String distributionConfigurationArnExpected() {
		return this.distributionConfigurationArnExpected;
	}

	public Map<String, String> labels() {
		return this.labels;
	}

	public @Nullable String createdBy() {
		return this.createdBy;
	}

	public Instant createdAt() {
		return this.createdAt;
	}

}
