/** Limits per owner: token buckets, and what callers are told of them. */
@NullMarked
package dev.distributeimage.api.limit;

import org.jspecify.annotations.NullMarked;
