package dev.distributeimage.run.postgres;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for the connection to PostgreSQL beside those of Spring Boot.
 *
 * @param plain whether PostgreSQL may be on another host without a verified certificate,
 * because nobody else can read that network
 */
@ConfigurationProperties("distribute-image.database")
record DatabaseSettings(@DefaultValue("false") boolean plain) {

}
