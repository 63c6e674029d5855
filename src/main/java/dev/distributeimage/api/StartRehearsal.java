package dev.distributeimage.api;

import dev.distributeimage.api.contract.IdempotencyKey;
import dev.distributeimage.api.contract.OpenApi;
import dev.distributeimage.api.contract.StartRun;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.startup.Rehearsal;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Starts a run of the contract's example, up to the row that it would have. */
@Component
class StartRehearsal implements Rehearsal {

	private final StartRun startRun;

	private final RunStarts starts;

	private final JsonMapper json;

	StartRehearsal(StartRun startRun, RunStarts starts, JsonMapper json) {
		this.startRun = startRun;
		this.starts = starts;
		this.json = json;
	}

	@Override
	public void rehearse(int times) {
		byte[] body = this.json.writeValueAsBytes(OpenApi.document().at("/components/examples/two-regions/value"));
		for (int i = 0; i < times; i++) {
			this.json
				.writeValueAsBytes(RunResponses.of(HttpStatus.ACCEPTED, this.starts.rehearse(asked(body))).getBody());
		}
		this.starts.rehearseStatements(asked(body));
	}

	private NewRun asked(byte[] body) {
		return this.startRun.checked(body, IdempotencyKey.NONE);
	}

}
