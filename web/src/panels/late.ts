/** Panels nobody sees in the first picture; loaded right after it. */
import './closures-panel'
import './layers-panel'
import './legend'
import './lists'
import './route-panel'
import './place-card'
import './plan-panel'
import './report-form'
