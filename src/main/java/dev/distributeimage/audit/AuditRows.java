package dev.distributeimage.audit;

import java.util.Map;

import dev.distributeimage.run.postgres.StatementText;

/** Inserts records. */
public final class AuditRows {

	private static final String INSERT = """
			insert into audit_event (at, event, outcome, rule, issuer, subject, caller, owner, client_id, token_id, address,
			    request_id, run, status, account, region, recipe, distribution_name, regions, shared_with, public,
			    inputs_sha256, more)
			  select ${at}, record.*
			  from ${rows} cross join lateral jsonb_to_record(audit) as record (event text, outcome text, rule text, issuer text,
			    subject text, caller text, owner text, "clientId" text, "tokenId" text, address text, "requestId" text,
			    run uuid, status integer, account text, region text, recipe text, "distributionName" text, regions jsonb,
			    "sharedWith" integer, public boolean, "inputsSha256" text, more integer)""";

	private AuditRows() {
	}

	/**
	 * Returns the statement that inserts a record of each row; also for use within a
	 * statement that changes a run, so that there is no change without its record.
	 * @param rows the rows, whose column {@code audit} has the members
	 * @param at the time of a row
	 */
	public static String insert(String rows, String at) {
		return StatementText.of(INSERT, Map.of("at", at, "rows", rows));
	}

}
