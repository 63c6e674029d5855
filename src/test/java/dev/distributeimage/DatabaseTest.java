package dev.distributeimage;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;

/**
 * Base class of tests on a real PostgreSQL, without HTTP and with a poller driven by the
 * test. All of them share one database, which each empties first.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "distribute-image.poller.enabled=false")
@Import(TestPostgres.class)
public @interface DatabaseTest {

}
