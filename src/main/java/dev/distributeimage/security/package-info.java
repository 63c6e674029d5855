/** Sign-in, scopes, and the headers that restrict what a browser may do. */
@NullMarked
package dev.distributeimage.security;

import org.jspecify.annotations.NullMarked;
