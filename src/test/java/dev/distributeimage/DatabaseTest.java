package dev.distributeimage;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;

/**
 * Marks tests on a real PostgreSQL, without HTTP and with a poller driven by the test.
 * They share one database; a test that counts or claims runs empties it first.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
		properties = { "distribute-image.poller.enabled=false", "distribute-image.aws.verify-account=false" })
@Import(TestPostgres.class)
public @interface DatabaseTest {

}
