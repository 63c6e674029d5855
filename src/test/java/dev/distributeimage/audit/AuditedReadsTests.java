package dev.distributeimage.audit;

import java.util.List;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the record of reads, where it is asked for. */
@ApiTest
@TestPropertySource(properties = "distribute-image.audit.reads=true")
class AuditedReadsTests {

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private AuditTrail trail;

	@Test
	void everyReadThatIsAnsweredIsRecordedOnce(@LocalServerPort int port) {
		Http http = new Http(port);
		String path = Http.header(http.post("/v1/runs", Requests.withoutToken()), "Location");
		String id = path.substring(9);
		http.get("/v1/runs");
		http.get(path);
		http.send("HEAD", path, "");
		http.get(path, "Prefer", "wait=1");
		http.get(path + "/events");
		http.get(path.substring(0, 10) + "0000000-0000-7000-8000-000000000000");
		http.get("/runs");
		http.get("/runs?region=");
		http.get(path.substring("/v1".length()));
		http.get("/page.css");
		http.get("/livez");
		http.get("/v3/api-docs");
		this.trail.store();
		assertThat(this.jdbc
			.sql("select event || ' ' || status || ' ' || coalesce(cast(run as text), 'all') || ' ' || caller "
					+ "from audit_event order by at, number")
			.query(String.class)
			.list())
			.containsExactlyElementsOf(List.of("run.start 202 " + id + " anonymous", "run.read 200 all anonymous",
					"run.read 200 " + id + " anonymous", "run.read 200 " + id + " anonymous",
					"run.read 200 " + id + " anonymous", "run.read 200 " + id + " anonymous",
					"run.read 200 all anonymous", "run.read 200 " + id + " anonymous"));
	}

}
