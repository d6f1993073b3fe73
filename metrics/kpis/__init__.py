"""Every figure of the product: KPIS is the only list, in the order in which it is shown (KPIS.md sections 1 and 4)."""

from metrics.kpis import customers, quality, resolution, speed, targets, volume
from metrics.kpis.registry import Kpi, declared

KPIS: dict[str, Kpi] = {
    make.__name__: declared[make.__name__]
    for make in (
        volume.tickets_opened,
        volume.tickets_solved,
        volume.backlog,
        speed.first_response_time,
        targets.first_response_within_target,
        speed.longest_wait,
        speed.response_time,
        speed.time_to_acknowledge,
        resolution.resolution_time,
        resolution.first_resolution_time,
        resolution.requester_wait_time,
        resolution.one_touch_rate,
        resolution.first_contact_resolution_rate,
        resolution.reopen_rate,
        resolution.replies_per_resolution,
        volume.abandonment_rate,
        customers.self_service_rate,
        quality.csat,
        quality.csat_response_rate,
        quality.ces,
        quality.nps,
        volume.contact_ratio,
        customers.retention_rate,
        targets.sla_attainment,
        targets.promise_kept_rate,
        quality.internal_quality_score,
        quality.handle_time,
        customers.support_revenue,
    )
}

__all__ = ["KPIS", "Kpi"]
