package dev.distributeimage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of a benchmark, as Markdown and as CSV. */
final class Report {

	private static final Path DIRECTORY = Path.of("target", "bench");

	private final List<List<String>> rows = new ArrayList<>();

	private final String name;

	private final String about;

	/**
	 * Creates a report without rows.
	 * @param name the name of the files
	 * @param about a text that applies to all rows
	 */
	Report(String name, String about, String... columns) {
		this.name = name;
		this.about = about;
		this.rows.add(List.of(columns));
	}

	void row(Object... values) {
		List<String> row = new ArrayList<>();
		for (Object value : values) {
			row.add((value instanceof Double number) ? text(number) : String.valueOf(value));
		}
		this.rows.add(row);
	}

	String markdown() {
		StringBuilder markdown = new StringBuilder(this.about).append("\n\n");
		for (int i = 0; i < this.rows.size(); i++) {
			markdown.append("| ").append(String.join(" | ", this.rows.get(i))).append(" |\n");
			if (i == 0) {
				markdown.append("|---".repeat(this.rows.get(0).size())).append("|\n");
			}
		}
		return markdown.toString();
	}

	void write() throws IOException {
		write(this.name + ".md", markdown());
		Files.write(DIRECTORY.resolve(this.name + ".csv"),
				this.rows.stream().map((row) -> '"' + String.join("\",\"", row) + '"').toList());
		System.out.println(markdown());
	}

	/** Adds a file beside the tables. */
	static void write(String file, String text) throws IOException {
		Files.createDirectories(DIRECTORY);
		Files.writeString(DIRECTORY.resolve(file.replace(' ', '-').replace(",", "")), text);
	}

	private static String text(double number) {
		return String.format(Locale.ROOT, (number >= 100) ? "%.0f" : (number >= 10) ? "%.1f" : "%.3f", number);
	}

}
