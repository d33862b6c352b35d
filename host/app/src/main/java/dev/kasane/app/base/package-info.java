/**
 * The base model's storage: what is quantised when a base is loaded, what stays dense, and what that saves.
 *
 * <p>A base comes quantised in one of two ways. A folder that {@code kasane quantize}, transformers or diffusers
 * wrote with bitsandbytes is read as it lies; or {@code --base-type} quantises a dense base layer by layer as soon
 * as its weights are there. Adapters see no difference.
 */
package dev.kasane.app.base;
