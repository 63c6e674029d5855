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
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.distributeimage.run.view.RunFilter;
import dev.distributeimage.run.view.RunFilter.Criterion;
import dev.distributeimage.run.view.RunFilter.Field;
import dev.distributeimage.run.RunStatus;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.UriUtils;

import static java.nio.charset.StandardCharsets.UTF_8;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.Violation;

/** The query of a request for a page, with all that is wrong with it. */
final class ListParameters {

	private static final int DEFAULT_SIZE = 50;

	private static final int LARGEST_SIZE = 500;

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

	/** The parameters that are compared as they are, and what they look like. */
	private static final Map<String, Form> FORMS = forms();

	private final Map<String, String[]> values;

	private final List<Violation> violations = new ArrayList<>();

	private ListParameters(HttpServletRequest request, Set<String> known) {
		this.values = request.getParameterMap();
		this.values.keySet().stream().filter((name) -> !known.contains(name)).forEach(this::unknown);
	}

	private void unknown(String name) {
		violated(name, "Unknown parameter.");
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

	/**
	 * Reads what asks for a page of runs.
	 * @throws ProblemException with all that is wrong
	 */
	static ListQuery runs(HttpServletRequest request) {
		Set<String> known = new TreeSet<>(FORMS.keySet());
		known.addAll(Set.of("status", "label", "createdAfter", "createdBefore", "pageSize", "pageToken"));
		ListParameters parameters = new ListParameters(request, known);
		RunFilter filter = new RunFilter(parameters.statuses(), parameters.criteria(), parameters.time("createdAfter"),
				parameters.time("createdBefore"));
		return parameters.query(filter, "runs");
	}

	/**
	 * Reads what asks for a page of something that has no filters.
	 * @param what tells its page tokens from others
	 * @throws ProblemException with all that is wrong
	 */
	static ListQuery of(HttpServletRequest request, String what) {
		ListParameters parameters = new ListParameters(request, Set.of("pageSize", "pageToken"));
		return parameters.query(RunFilter.ALL, what);
	}

	private ListQuery query(RunFilter filter, String what) {
		int pageSize = pageSize();
		String pageToken = one("pageToken").orElse(null);
		if (!this.violations.isEmpty()) {
			throw ProblemException.invalid(this.violations);
		}
		return new ListQuery(filter, pageSize, pageToken, what + "?" + canonical());
	}

	private Set<RunStatus> statuses() {
		Set<RunStatus> statuses = EnumSet.noneOf(RunStatus.class);
		for (String value : all("status")) {
			Arrays.stream(RunStatus.values())
				.filter((status) -> status.name().equals(value))
				.findAny()
				.ifPresentOrElse(statuses::add,
						() -> violated("status", "Must be one of: " + names(RunStatus.values()) + "."));
		}
		return statuses;
	}

	private List<Criterion> criteria() {
		List<Criterion> criteria = new ArrayList<>();
		FORMS.forEach((name, form) -> one(name).ifPresent((value) -> {
			if (form.pattern().matcher(value).matches()) {
				criteria.add(new Criterion(form.field(), value));
			}
			else {
				violated(name, form.description());
			}
		}));
		for (String label : all("label")) {
			if (LABEL.matcher(label).matches() && label.lastIndexOf(':') != 0) {
				criteria.add(new Criterion(Field.LABEL, label));
			}
			else {
				violated("label", "Must be a label's key, or its key and its value with a colon between them.");
			}
		}
		if (all("label").size() > MOST_LABELS) {
			violated("label", "Must be given at most %d times.".formatted(MOST_LABELS));
		}
		return criteria.stream().distinct().toList();
	}

	// Times are kept in microseconds: one between two of them is the same as the later.
	private @Nullable Instant time(String name) {
		String value = one(name).orElse(null);
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
		violated(name, "Must be a time such as 2026-01-31T12:00:00Z; a + in it is written as %2B.");
		return null;
	}

	private int pageSize() {
		String value = one("pageSize").orElse(Integer.toString(DEFAULT_SIZE));
		int size = value.matches("[0-9]{1,4}") ? Integer.parseInt(value) : 0;
		if (size < 1 || size > LARGEST_SIZE) {
			violated("pageSize", "Must be a whole number from 1 to %d.".formatted(LARGEST_SIZE));
		}
		return size;
	}

	private Optional<String> one(String name) {
		List<String> given = all(name);
		if (given.size() > 1) {
			violated(name, "Must be given only once.");
			return Optional.empty();
		}
		return given.stream().findFirst();
	}

	private List<String> all(String name) {
		return List.of(this.values.getOrDefault(name, new String[0]));
	}

	private void violated(String name, String detail) {
		Violation violation = Violation.ofParameter(name, detail);
		if (!this.violations.contains(violation)) {
			this.violations.add(violation);
		}
	}

	/** The filters in one order, so that they can be recognised. */
	private String canonical() {
		Map<String, Set<String>> filters = new TreeMap<>();
		this.values.forEach((name, given) -> filters.put(name, new TreeSet<>(List.of(given))));
		filters.keySet().removeAll(Set.of("pageSize", "pageToken"));
		return filters.entrySet()
			.stream()
			.flatMap((filter) -> filter.getValue()
				.stream()
				.map((value) -> filter.getKey() + "=" + UriUtils.encode(value, UTF_8)))
			.collect(Collectors.joining("&"));
	}

	private static String names(Enum<?>[] constants) {
		return Arrays.stream(constants).map(Enum::name).collect(Collectors.joining(", "));
	}

	/** What the values of a parameter look like. */
	private record Form(Field field, Pattern pattern, String description) {

		Form(Field field, String regex, String description) {
			this(field, Pattern.compile(regex), description);
		}

	}

}
