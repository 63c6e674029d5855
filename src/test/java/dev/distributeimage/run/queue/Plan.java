package dev.distributeimage.run.queue;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The output of {@code explain (analyze, timing off)} for a statement. */
public record Plan(List<String> lines) {

	/**
	 * The number of rows that its scans returned or discarded; every scan must use an
	 * index.
	 */
	public long rowsRead() {
		long rows = 0;
		for (String line : this.lines) {
			assertThat(line).doesNotContain("Seq Scan", "Bitmap");
			if (line.contains("Scan") && line.contains("(actual")) {
				String actual = line.substring(line.indexOf("(actual"));
				rows += (long) (Double.parseDouble(actual.replaceAll(".*rows=([0-9.]+).*", "$1"))
						* Long.parseLong(actual.replaceAll(".*loops=(\\d+).*", "$1")));
			}
			if (line.contains("Rows Removed by Filter")) {
				rows += Long.parseLong(line.replaceAll("\\D", ""));
			}
		}
		return rows;
	}

}
