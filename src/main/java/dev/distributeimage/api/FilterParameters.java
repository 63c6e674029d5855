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

import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.view.RunFilter;
import dev.distributeimage.run.view.RunFilter.Criterion;
import dev.distributeimage.run.view.RunFilter.Field;
import org.jspecify.annotations.Nullable;

/** The query parameters that select runs. */
final class FilterParameters {

	private static final Pattern TIME = Pattern.compile(
			"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[-+]\\d\\d:\\d\\d)", Pattern.CASE_INSENSITIVE);

	/** As many as a run can have. */
	private static final int MOST_LABELS = 20;

	// With all that is white space to ECMAScript, and so to the schema of requests.
	private static final String LABEL_CHARACTER = "[a-zA-Z0-9_.:/=+\\-@\\s\\u00A0\\u1680\\u2000-\\u200A"
			+ "\\u2028\\u2029\\u202F\\u205F\\u3000\\uFEFF]";

	// No key begins with aws:, but one may be aws, in front of its value.
	private static final Pattern LABEL = Pattern
		.compile("(?!aws:%1$s*:)%1$s{1,128}(:%1$s{0,256})?".formatted(LABEL_CHARACTER));

	private static final String STATUSES = Arrays.stream(RunStatus.values())
		.map(Enum::name)
		.collect(Collectors.joining(", "));

	/** The parameters that take one value of some form. */
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
		forms.put("step", new Form(Field.STEP, "createDistributionConfiguration|createImage|getImage",
				"Must be one of: createDistributionConfiguration, createImage, getImage."));
		forms.put("imageStatus",
				new Form(Field.IMAGE_STATUS, "[A-Z][A-Z0-9_]{0,63}", "Must be one of AWS's words, such as AVAILABLE."));
		forms.put("distributionName", new Form(Field.DISTRIBUTION_NAME,
				"[-_A-Za-z0-9][-_A-Za-z0-9 ]{1,126}[-_A-Za-z0-9]", "Must be the name of a distribution "
						+ "configuration: 3 to 128 letters, digits, hyphens, underscores and, inside, spaces."));
		forms.put("imageRecipeArn", new Form(Field.IMAGE_RECIPE_ARN,
				"arn:aws[^:/\\p{Cntrl}]*:imagebuilder:[a-z0-9-]+:[a-z0-9-]+:image-recipe/"
						+ "[a-z0-9-_]{1,1900}(/[0-9x]+\\.[0-9x]+\\.[0-9x]+)?",
				"Must read arn:aws:imagebuilder:REGION:ACCOUNT:image-recipe/NAME/1.0.0, or without a version for all."));
		forms.put("imageBuildVersionArn",
				new Form(Field.IMAGE_BUILD_VERSION_ARN,
						"arn:aws[^:/\\p{Cntrl}]*:imagebuilder:[a-z0-9-]+:[a-z0-9-]+:image/"
								+ "[a-z0-9-_]{1,1900}/[0-9]+\\.[0-9]+\\.[0-9]+/[0-9]+",
						"Must read arn:aws:imagebuilder:REGION:ACCOUNT:image/NAME/1.0.0/1."));
		forms.put("region",
				new Form(Field.REGION, "[a-z]{2,}(-[a-z0-9]+)+", "Must be the name of a Region, such as eu-west-1."));
		forms.put("clientToken",
				new Form(Field.CLIENT_TOKEN, "[ -~]{1,64}", "Must be 1 to 64 characters of printable ASCII."));
		return forms;
	}

	/** The filter; what is wrong with it becomes violations of the query. */
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

	// Times are kept in microseconds: one between two of them is the same as the later.
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
			// There is no such day or hour.
		}
		this.query.violated(name, "Must be a time such as 2026-01-31T12:00:00Z; a + in it is written as %2B.");
		return null;
	}

	/** What the values of a parameter look like. */
	private record Form(Field field, Pattern pattern, String description) {

		Form(Field field, String regex, String description) {
			this(field, Pattern.compile(regex), description);
		}

	}

}
