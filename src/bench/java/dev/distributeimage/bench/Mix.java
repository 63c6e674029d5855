package dev.distributeimage.bench;

import java.util.ArrayList;
import java.util.List;

import dev.distributeimage.run.Image;

/** The transitions of a run: two creates, and polls of which some show a change. */
enum Mix {

	/** Every poll but one shows a change: the worst case. */
	NEWS("PENDING", "CREATING", "BUILDING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING", "AVAILABLE"),

	/** Sixty polls, of which six show a change: the usual case. */
	POLLS(sixty());

	@SuppressWarnings("ImmutableEnumChecker") // The list is immutable.
	private final List<Image> looks;

	Mix(String... statuses) {
		this.looks = List.of(statuses).stream().map((status) -> Image.of(status, null)).toList();
	}

	private static String[] sixty() {
		List<String> statuses = new ArrayList<>();
		for (String status : List.of("PENDING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING")) {
			for (int i = 0; i < 12 && statuses.size() < 59; i++) {
				statuses.add(status);
			}
		}
		statuses.add("AVAILABLE");
		return statuses.toArray(String[]::new);
	}

	/** The durable transitions of every run, each with a call. */
	int perRun() {
		return this.looks.size() + 2;
	}

	/** Returns the image at the poll with this number, from 0. */
	Image look(int number) {
		return this.looks.get(Math.min(number, this.looks.size() - 1));
	}

}
