/**
 * Language models as a family of base models: {@link dev.kasane.text.base.TextFamily} is what the application finds
 * through the service loader. {@code TextActivations} reckons what one keeps for backward.
 */
package dev.kasane.text.base;
