package dev.distributeimage.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.distributeimage.api.contract.OpenApi;
import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.view.RunFilter;
import dev.distributeimage.run.view.RunFilter.Criterion;
import dev.distributeimage.run.view.RunFilter.Field;
import org.jspecify.annotations.Nullable;

/** The query parameters that select runs. */
final class FilterParameters {

	private static final Pattern TIME = Pattern.compile(
			"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[-+]\\d\\d:\\d\\d)", Pattern.CASE_INSENSITIVE);

	/** The maximum number of labels of a run. */
	private static final int MOST_LABELS = 20;

	private static final String LABEL_CHARACTER = "[a-zA-Z0-9_.:/=+\\-@" + OpenApi.WHITE_SPACE + "]";

	// A key must not begin with aws:, but it may be aws, separated from its value by a
	// colon.
	private static final Pattern LABEL = Pattern
		.compile("(?!aws:%1$s*:)%1$s{1,128}(:%1$s{0,256})?".formatted(LABEL_CHARACTER));

	private static final String STATUSES = joined(", ", RunStatus.values());

	/** The parameters with a single value of a fixed form. */
	private static final Map<String, Form> FORMS = forms();

	private final QueryParameters query;

	FilterParameters(QueryParameters query) {
		this.query = query;
	}

	/** The names of all filters. */
	static Set<String> names() {
		Set<String> names = new TreeSet<>(FORMS.keySet());
		names.addAll(Set.of("status", "label", "createdAfter", "createdBefore"));
		return names;
	}

	private static Map<String, Form> forms() {
		Map<String, Form> forms = new LinkedHashMap<>();
		forms.put("step", new Form(Field.STEP, joined("|", StepId.values()),
				"Must be one of: " + joined(", ", StepId.values()) + "."));
		forms.put("imageStatus", new Form(Field.IMAGE_STATUS, "[A-Z][A-Z0-9_]{0,63}",
				"Must be an image status as reported by AWS, such as AVAILABLE."));
		forms.put("distributionName", new Form(Field.DISTRIBUTION_NAME,
				"[-_A-Za-z0-9][-_A-Za-z0-9 ]{1,126}[-_A-Za-z0-9]", "Must be the name of a distribution "
						+ "configuration: 3 to 128 letters, digits, hyphens, underscores and, not at the ends, spaces."));
		forms.put("imageRecipeArn", new Form(Field.IMAGE_RECIPE_ARN,
				"arn:aws[^:/\\p{Cntrl}]*:imagebuilder:[a-z0-9-]+:[a-z0-9-]+:image-recipe/"
						+ "[a-z0-9-_]{1,1900}(/[0-9x]+\\.[0-9x]+\\.[0-9x]+)?",
				"Must have the form arn:aws:imagebuilder:REGION:ACCOUNT:image-recipe/NAME/1.0.0; without /1.0.0, all "
						+ "versions match."));
		forms.put("imageBuildVersionArn",
				new Form(Field.IMAGE_BUILD_VERSION_ARN,
						"arn:aws[^:/\\p{Cntrl}]*:imagebuilder:[a-z0-9-]+:[a-z0-9-]+:image/"
								+ "[a-z0-9-_]{1,1900}/[0-9]+\\.[0-9]+\\.[0-9]+/[0-9]+",
						"Must have the form arn:aws:imagebuilder:REGION:ACCOUNT:image/NAME/1.0.0/1."));
		forms.put("region",
				new Form(Field.REGION, "[a-z]{2,}(-[a-z0-9]+)+", "Must be the name of a Region, such as eu-west-1."));
		forms.put("clientToken",
				new Form(Field.CLIENT_TOKEN, "[ -~]{1,64}", "Must be 1 to 64 characters of printable ASCII."));
		return forms;
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
		FORMS.forEach((name, form) -> this.query.one(name)
			.filter((value) -> hasForm(name, value, form))
			.ifPresent((value) -> criteria.add(new Criterion(form.field(), value))));
		criteria.addAll(labels());
		return criteria;
	}

	private boolean hasForm(String name, String value, Form form) {
		boolean matches = form.pattern().matcher(value).matches();
		if (!matches) {
			this.query.violated(name, form.description());
		}
		return matches;
	}

	private List<Criterion> labels() {
		List<String> labels = this.query.all("label");
		if (!labels.stream().allMatch((label) -> LABEL.matcher(label).matches() && label.lastIndexOf(':') != 0)) {
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
	private record Form(Field field, Pattern pattern, String description) {

		Form(Field field, String regex, String description) {
			this(field, Pattern.compile(regex), description);
		}

	}

}
