package dev.distributeimage.security;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for a caller, who is recognised by claims.
 *
 * @param issuer the name of the issuer; by default the only one
 * @param claims the values that claims must have: a text, or a list of those allowed. All
 * must match, each as a whole
 * @param scopes the rights; if the token has scopes too, those that are in both
 * @param owner to whom the caller's runs belong; by default the caller's name
 * @param policy the name of the policy for what the caller may ask for
 */
record CallerSettings(@Nullable String issuer, @DefaultValue Map<String, Object> claims,
		@DefaultValue List<String> scopes, @Nullable String owner, @Nullable String policy) {

}
