/** The words of AWS that every room shares: ARNs, partitions, accounts and Regions. */
@NullMarked
package dev.distributeimage.aws;

import org.jspecify.annotations.NullMarked;
