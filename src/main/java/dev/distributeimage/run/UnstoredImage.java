package dev.distributeimage.run;

/**
 * An image that is to be stored.
 *
 * @param weight what the image and its destinations take where the run is shown, in
 * bytes, at most
 * @param repeatedWeight what each destination may take in addition, because AWS explains
 * the failure of a whole Region once
 */
public record UnstoredImage(Image image, int weight, int repeatedWeight) {
}
