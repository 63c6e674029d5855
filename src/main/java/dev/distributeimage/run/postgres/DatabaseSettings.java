package dev.distributeimage.run.postgres;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for the connection to PostgreSQL beside those of Spring Boot.
 *
 * @param plain whether PostgreSQL may be on another host without a verified certificate,
 * because nobody else can read that network
 * @param waitAtStart the longest wait for PostgreSQL at the start of the service
 */
@ConfigurationProperties("distribute-image.database")
record DatabaseSettings(@DefaultValue("false") boolean plain, @DefaultValue("30s") Duration waitAtStart) {

}
