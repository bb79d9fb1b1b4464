"""A folium layer whose labels are set as text, never as markup."""

from __future__ import annotations

from typing import Any

import folium
from folium.template import Template


class Drawn(folium.map.Layer):
    """Features with their style in their properties: ``color``, ``weight``, ``dash``, ``fill``,
    ``stroke`` for shapes; ``sign`` and ``kind`` for points; ``text`` for a name on the map."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.geoJSON({{ this.data|tojson }}, {
            style: function (f) {
                var p = f.properties;
                return {
                    stroke: p.stroke !== false, color: p.color || '#888', weight: p.weight || 1,
                    opacity: p.opacity || 1, dashArray: p.dash || null, fill: !!p.fill,
                    fillColor: p.fill || null, fillOpacity: p.dash === undefined ? 1 : 0.25
                };
            },
            pointToLayer: function (f, at) {
                var p = f.properties, sign = document.createElement('span');
                sign.textContent = p.text ? p.label : p.sign;
                sign.className = p.text ? 'name' : 'sign ' + p.kind;
                return L.marker(at, {
                    icon: L.divIcon({html: sign, className: 'mark', iconSize: null}),
                    interactive: !p.text, keyboard: false,
                    zIndexOffset: p.text ? -1000 : (/^(post|incident)/.test(p.kind) ? 1000 : 0)
                });
            },
            onEachFeature: function (f, layer) {
                if (!f.properties.label || f.properties.text) { return; }
                var label = document.createElement('span');
                label.textContent = f.properties.label;
                layer.bindTooltip(label, {sticky: true});
            },
            interactive: {{ this.control|tojson }}
        });
        {% endmacro %}
        """
    )

    def __init__(self, name: str, features: list[dict[str, Any]], control: bool = True) -> None:
        super().__init__(name=name, overlay=True, control=control, show=True)
        self._name = "Drawn"
        self.data = {"type": "FeatureCollection", "features": features}
