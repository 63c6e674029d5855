package dev.distributeimage.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.distributeimage.TestPostgres;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;

/** Base class of tests against the service on a real port, with a database of its own. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "distribute-image.poller.enabled=false", "distribute-image.aws.verify-account=false",
				"management.health.aws-credentials.enabled=false", "distribute-image.watch.every=50ms",
				"distribute-image.watch.heartbeat=500ms", "distribute-image.watch.open-requests=2000",
				"distribute-image.limits.starts=100000", "distribute-image.limits.validations=100000",
				"distribute-image.limits.runs-in-flight=100000", "distribute-image.limits.open-requests=2000",
				"distribute-image.limits.requests=100000", "distribute-image.limits.burst=100000" })
@Import(TestPostgres.class)
public @interface ApiTest {

}
