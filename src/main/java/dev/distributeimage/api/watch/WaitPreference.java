package dev.distributeimage.api.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;

/**
 * The time that a caller prefers to wait, {@code Prefer: wait=N} (RFC 7240). Malformed
 * preferences are ignored.
 */
public final class WaitPreference {

	private static final String PREFER = "Prefer";

	public static final String APPLIED = "Preference-Applied";

	private static final int LONGEST = 60;

	private static final Pattern WAIT = Pattern.compile("[ \\t]*+wait[ \\t]*+=[ \\t]*+(\"?)([0-9]++)\\1[ \\t]*+",
			Pattern.CASE_INSENSITIVE);

	private static final Pattern ANY_WAIT = Pattern.compile("[ \\t]*+wait[ \\t]*+(=.*)?", Pattern.CASE_INSENSITIVE);

	private WaitPreference() {
	}

	/** From one second to one minute; empty if the caller does not wait. */
	public static Optional<Duration> of(HttpServletRequest request) {
		return of(Collections.list(request.getHeaders(PREFER)));
	}

	// The first of several counts, even if it is malformed. Parameters of a preference
	// have no meaning here.
	static Optional<Duration> of(List<String> headers) {
		return headers.stream()
			.flatMap((header) -> split(header, ',').stream())
			.map((preference) -> split(preference, ';').get(0))
			.filter((preference) -> ANY_WAIT.matcher(preference).matches())
			.findFirst()
			.map(WAIT::matcher)
			.filter(Matcher::matches)
			.map((wait) -> seconds(wait.group(2)));
	}

	private static List<String> split(String text, char separator) {
		List<String> parts = new ArrayList<>();
		boolean quoted = false;
		int begin = 0;
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			quoted ^= c == '"';
			if (c == '\\' && quoted) {
				i++;
			}
			else if (c == separator && !quoted) {
				parts.add(text.substring(begin, i));
				begin = i + 1;
			}
		}
		parts.add(text.substring(begin));
		return parts;
	}

	private static Duration seconds(String digits) {
		int seconds = (digits.length() < 9) ? Integer.parseInt(digits) : LONGEST;
		return Duration.ofSeconds(Math.min(Math.max(seconds, 1), LONGEST));
	}

	/** The value of {@code Preference-Applied}. */
	public static String applied(Duration wait) {
		return "wait=" + wait.toSeconds();
	}

}
