package dev.distributeimage.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.networknt.schema.Schema;
import dev.distributeimage.api.contract.OpenApi;
import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.view.RunFilter;
import dev.distributeimage.run.view.RunFilter.Criterion;
import dev.distributeimage.run.view.RunFilter.Field;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The query parameters that select runs. */
final class FilterParameters {

	private static final Pattern TIME = Pattern.compile(
			"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[-+]\\d\\d:\\d\\d)", Pattern.CASE_INSENSITIVE);

	/** The maximum number of labels of a run. */
	private static final int MOST_LABELS = 20;

	private static final JsonNode PARAMETERS = OpenApi.document().at("/paths/~1v1~1runs/get/parameters");

	private static final Schema LABEL = OpenApi.schema(schema("label").path("items"));

	private static final String STATUSES = joined(", ", RunStatus.values());

	/** The parameters with a single value, whose form is the contract's. */
	private static final List<Form> FORMS = List.of(
			new Form("step", Field.STEP, "Must be one of: " + joined(", ", StepId.values()) + "."),
			new Form("imageStatus", Field.IMAGE_STATUS,
					"Must be an image status as reported by AWS, such as AVAILABLE."),
			new Form("distributionName", Field.DISTRIBUTION_NAME, "Must be the name of a distribution "
					+ "configuration: 3 to 128 letters, digits, hyphens, underscores and, not at the ends, spaces."),
			new Form("distributionNamePrefix", Field.DISTRIBUTION_NAME_PREFIX,
					"Must be the beginning of the name of a distribution configuration: 1 to 128 letters, digits, "
							+ "hyphens, underscores and, not at the beginning, spaces."),
			new Form("imageRecipeArn", Field.IMAGE_RECIPE_ARN,
					"Must have the form arn:aws:imagebuilder:REGION:ACCOUNT:image-recipe/NAME/1.0.0; without "
							+ "/1.0.0, all versions match."),
			new Form("containerRecipeArn", Field.CONTAINER_RECIPE_ARN,
					"Must have the form arn:aws:imagebuilder:REGION:ACCOUNT:container-recipe/NAME/1.0.0; without "
							+ "/1.0.0, all versions match."),
			new Form("imageBuildVersionArn", Field.IMAGE_BUILD_VERSION_ARN,
					"Must have the form arn:aws:imagebuilder:REGION:ACCOUNT:image/NAME/1.0.0/1."),
			new Form("image", Field.IMAGE, "Must be the id of an AMI, such as ami-0e0524114ee433f49."),
			new Form("region", Field.REGION, "Must be the name of a Region, such as eu-west-1."),
			new Form("clientToken", Field.CLIENT_TOKEN, "Must be 1 to 64 characters of printable ASCII."),
			new Form("createdBy", Field.CREATED_BY, "Must be 1 to 600 characters, without control characters."),
			new Form("owner", Field.OWNER, "Must be 1 to 512 characters, without control characters."),
			new Form("failureCode", Field.FAILURE_CODE,
					"Must be an AWS error code, such as SlowDown: 1 to 128 characters of printable ASCII without spaces."));

	private final QueryParameters query;

	FilterParameters(QueryParameters query) {
		this.query = query;
	}

	/** The names of all filters. */
	static Set<String> names() {
		Set<String> names = new TreeSet<>(Set.of("status", "label", "createdAfter", "createdBefore"));
		FORMS.forEach((form) -> names.add(form.name()));
		return names;
	}

	/** The schema that the contract has for a parameter. */
	private static JsonNode schema(String name) {
		return PARAMETERS.valueStream()
			.filter((parameter) -> parameter.path("name").asString("").equals(name))
			.findFirst()
			.orElseThrow()
			.path("schema");
	}

	private static boolean isValid(Schema schema, String value) {
		return schema.validate(JsonNodeFactory.instance.stringNode(value)).isEmpty();
	}

	private static String joined(String separator, Object[] values) {
		return Arrays.stream(values).map(Object::toString).collect(Collectors.joining(separator));
	}

	/** The filter. Values that are not valid become violations of the query. */
	RunFilter filter() {
		return new RunFilter(statuses(), criteria(), time("createdAfter"), time("createdBefore"));
	}

	private Set<RunStatus> statuses() {
		Set<RunStatus> statuses = EnumSet.noneOf(RunStatus.class);
		for (String value : this.query.all("status")) {
			Arrays.stream(RunStatus.values())
				.filter((status) -> status.name().equals(value))
				.findAny()
				.ifPresentOrElse(statuses::add,
						() -> this.query.violated("status", "Must be one of: " + STATUSES + "."));
		}
		return statuses;
	}

	private List<Criterion> criteria() {
		List<Criterion> criteria = new ArrayList<>();
		FORMS.forEach((form) -> this.query.one(form.name())
			.filter((value) -> hasForm(value, form))
			.ifPresent((value) -> criteria.add(new Criterion(form.field(), value))));
		criteria.addAll(labels());
		return criteria;
	}

	private boolean hasForm(String value, Form form) {
		boolean matches = isValid(form.schema(), value);
		if (!matches) {
			this.query.violated(form.name(), form.description());
		}
		return matches;
	}

	private List<Criterion> labels() {
		List<String> labels = this.query.all("label");
		if (!labels.stream().allMatch((label) -> isValid(LABEL, label) && label.lastIndexOf(':') != 0)) {
			this.query.violated("label", "Must be the key of a label, or its key and value separated by a colon.");
		}
		if (labels.size() > MOST_LABELS) {
			this.query.violated("label", "Must be given at most %d times.".formatted(MOST_LABELS));
		}
		return labels.stream().distinct().map((label) -> new Criterion(Field.LABEL, label)).toList();
	}

	// Stored times have whole microseconds: a bound between two of them equals the later
	// one.
	private @Nullable Instant time(String name) {
		String value = this.query.one(name).orElse(null);
		if (value == null) {
			return null;
		}
		try {
			if (TIME.matcher(value).matches()) {
				return OffsetDateTime.parse(value).toInstant().plusNanos(999).truncatedTo(ChronoUnit.MICROS);
			}
		}
		catch (DateTimeException ex) {
			// Not a calendar date or time of day.
		}
		this.query.violated(name, "Must be a time such as 2026-01-31T12:00:00Z. Encode + as %2B.");
		return null;
	}

	/** The form of a parameter's values. */
	private record Form(String name, Field field, Schema schema, String description) {

		Form(String name, Field field, String description) {
			this(name, field, OpenApi.schema(FilterParameters.schema(name)), description);
		}

	}

}
