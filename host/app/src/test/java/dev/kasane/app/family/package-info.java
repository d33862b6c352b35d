/** A family of base models from outside, found by its service entry, as a stranger would write one. */
package dev.kasane.app.family;
