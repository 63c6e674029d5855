package dev.distributeimage.run.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.distributeimage.TestPostgres;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds each migration from V2 on to the rule of CONTRIBUTING.md: expand, then contract.
 * The judge is PostgreSQL, whose catalog before a migration is compared with the one
 * after it. Replicas of the version before use the database of the version after it.
 */
@NullUnmarked
class MigrationsTests {

	private static final Path CHANGELOG = Path.of("CHANGELOG.md");

	/** The line of a migration that removes what no replica uses any more. */
	private static final Pattern CONTRACT = Pattern.compile(
			"(?m)^-- Contract: (?<object>[a-z ]{1,20} [\\w.]{1,100}(?:\\([\\w, ]{0,200}\\))?), unused since (?<version>[\\d.]{5,20})$");

	private static JdbcConnectionDetails database;

	private static SingleConnectionDataSource connection;

	private static JdbcClient jdbc;

	@BeforeAll
	static void connect() {
		database = new TestPostgres().newDatabase();
		connection = new SingleConnectionDataSource(database.getJdbcUrl(), String.valueOf(database.getUsername()),
				String.valueOf(database.getPassword()), true);
		jdbc = JdbcClient.create(connection);
		migrated(MigrationVersion.fromVersion("1"));
	}

	@AfterAll
	static void close() {
		connection.destroy();
	}

	private static Flyway flyway(MigrationVersion target) {
		return Flyway.configure()
			.dataSource(database.getJdbcUrl(), database.getUsername(), database.getPassword())
			.placeholders(Map.of("grantee", ""))
			.target(target)
			.load();
	}

	private static void migrated(MigrationVersion version) {
		flyway(version).migrate();
	}

	@Test
	void migrationsKeepWhatTheVersionBeforeUses() throws IOException {
		for (MigrationInfo migration : flyway(MigrationVersion.LATEST).info().pending()) {
			Catalog before = Catalog.of(jdbc);
			migrated(migration.getVersion());
			Set<String> broken = before.brokenBy(Catalog.of(jdbc));
			broken.removeAll(
					contracted(Files.readString(Path.of("src/main/resources/db/migration", migration.getScript())),
							Files.readString(CHANGELOG)));
			assertThat(broken).as("Broken by %s, for replicas of the version before", migration.getScript()).isEmpty();
		}
	}

	/**
	 * A removal that a migration may make: it names the release since which nothing uses
	 * it.
	 */
	private static Set<String> contracted(String migration, String changelog) {
		return CONTRACT.matcher(migration)
			.results()
			.filter((line) -> changelog.lines()
				.anyMatch((heading) -> heading.startsWith("## " + line.group(2) + ", ")
						&& !heading.endsWith("unreleased")))
			.map((line) -> line.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "drop table run_region | table run_region",
			"alter table run drop region | column run.region",
			"alter table run rename region to place | column run.region",
			"alter table run rename to execution | table run",
			"alter table run alter attempts type bigint | column run.attempts",
			"alter table run alter retries drop default | default run.retries",
			"alter table run alter final_status set not null | column run.final_status",
			"alter table run alter region drop not null | column run.region",
			"alter table run add zone text not null | column run.zone",
			"alter table run add check (attempts < 9) | constraint run.run_attempts_check",
			"alter table run add unique (number) | key run.run_number_key",
			"create unique index one_region on run (region) | unique index run.one_region",
			"alter type run_status rename value 'FAILED' to 'BROKEN' | value run_status.FAILED",
			"alter table run_input drop constraint run_input_client_token_is_unique | key run_input.run_input_client_token_is_unique",
			"drop function remove_audit_events | function remove_audit_events(older_than interval)",
			"drop table run_input cascade | column run_input.client_token" })
	void breakersAreFound(String statement, String broken) {
		assertThat(brokenBy(statement)).contains(broken);
	}

	@ParameterizedTest
	@ValueSource(strings = { "alter table run add zone text", "alter table run add zone text not null default ''",
			"create table zone (name text not null, unique (name))", "create index run_by_account on run (account)",
			"alter table run drop constraint run_retries_are_a_list", "drop index run_failed",
			"alter table run alter region set default ''", "alter type run_status add value 'PAUSED'",
			"create function zones() returns int return 1", "alter table run set (fillfactor = 60)",
			"create or replace function engine_now() returns timestamptz language sql stable return now()" })
	void expansionsAreNot(String statement) {
		assertThat(brokenBy(statement)).isEmpty();
	}

	@Test
	void contractNamesWhatItRemovesAndARelease() {
		String migration = """
				-- Contract: column run.zone, unused since 0.2.0
				-- Contract: function zones(place text, most integer), unused since 0.2.0
				-- Contract: table zone, unused since 0.9.0
				-- Contract: table other, unused since 0.1.9
				alter table run drop zone;
				""";
		assertThat(contracted(migration, "## 0.9.0, unreleased\n## 0.2.0, 2027-01-01"))
			.containsExactly("column run.zone", "function zones(place text, most integer)");
	}

	private static Set<String> brokenBy(String statement) {
		Catalog before = Catalog.of(jdbc);
		jdbc.sql("begin").update();
		try {
			jdbc.sql(statement).update();
			return before.brokenBy(Catalog.of(jdbc));
		}
		finally {
			jdbc.sql("rollback").update();
		}
	}

}
