"""A whole report, as an officer fills it in on the page."""

REPORT = {
    "report-fact_check": "録音を確かめ、長時間の暴言があったことを確認しました。",
    "report-care": "交代の手順を知らせ、休憩を取れるようにしました。",
    "report-measures_customer": "次回からは上席が対応し、書面で警告します。",
    "report-prevention": "交代の基準を改め、来月までに全員へ研修をします。",
    "report-privacy_no_retaliation": "知る人を二人に限り、不利益に扱わないことを全員に知らせました。",
    "report-rule_applied": "電話対応の手順書 第4章",
    "report-rule_usable": "partly",
    "report-actions": ["AC-LOG", "AC-RUL"],
}
