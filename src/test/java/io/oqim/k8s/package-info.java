/**
 * The manifests of {@code k8s/} as Kubernetes would get them: whether it would take them, and
 * whether they keep our rules. Start reading at {@link io.oqim.k8s.Rule}.
 */
package io.oqim.k8s;
